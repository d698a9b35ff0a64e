# The oauth2 gem (ruby-oauth2 of Debian): sign-in, and its access token as the client of Kakao's API.

require "jwt"
require "oauth2"
require "securerandom"
require_relative "kakao"

def refused
  yield
rescue OAuth2::Error => error
  error
else
  raise "Kakao would have refused this"
end

app = Kakao.app
new_client = lambda do |secret|
  OAuth2::Client.new(app["rest_api_key"], secret, site: "https://kauth.kakao.com", auth_scheme: :request_body)
end
client = new_client.call(app["client_secret"])

# Sign-in, with an ID token whose signature the jwt gem checks.
nonce = SecureRandom.hex
scope = "openid profile_nickname friends talk_message"
returned = Kakao.agree(client.auth_code.authorize_url(redirect_uri: Kakao::CALLBACK, scope: scope, nonce: nonce, state: "ruby"))
expect(returned["state"], "ruby")
token = client.auth_code.get_token(returned["code"], redirect_uri: Kakao::CALLBACK)
jwks = client.request(:get, "/.well-known/jwks.json", parse: :json).parsed
claims, = JWT.decode(
  token["id_token"], nil, true,
  algorithms: ["RS256"], jwks: {keys: jwks["keys"].map { |key| key.transform_keys(&:to_sym) }},
  iss: "https://kauth.kakao.com", verify_iss: true, aud: app["rest_api_key"], verify_aud: true
)
expect(claims["nonce"], nonce)
expect(claims["nickname"], "라이언")

# Who it is, and messages.
me = token.get("#{Kakao::API}/v2/user/me").parsed
expect(me["id"].to_s, claims["sub"])
memo = {"template_object" => Kakao.text_template("Ruby에서 안녕")}
sent = token.post("#{Kakao::API}/v2/api/talk/memo/default/send", body: memo).parsed
expect(sent, {"result_code" => 0})
friends = token.get("#{Kakao::API}/v1/api/talk/friends", params: {friend_order: "favorite"}).parsed
uuids = friends["elements"].map { |friend| friend["uuid"] }
message = memo.merge("receiver_uuids" => uuids.to_json)
sent = token.post("#{Kakao::API}/v1/api/talk/friends/message/default/send", body: message).parsed
expect(sent["successful_receiver_uuids"], uuids)
expect([Kakao.inbox("ryan"), Kakao.inbox("apeach")], [["Ruby에서 안녕"]] * 2)

# Refresh; the old refresh token stays, and Kakao does not repeat it.
renewed = token.refresh!
expect(renewed.token == token.token, false)
expect(renewed.refresh_token, token.refresh_token)
Kakao.control("tokens/expire", "access_token" => token.token)
expect(refused { token.get("#{Kakao::API}/v2/user/me") }.response.parsed["code"], -401)

# What Kakao refuses.
used = refused { client.auth_code.get_token(returned["code"], redirect_uri: Kakao::CALLBACK) }
expect([used.code, used.response.parsed["error_code"]], %w[invalid_grant KOE320])
stranger = refused { new_client.call("0" * 32).auth_code.get_token("any", redirect_uri: Kakao::CALLBACK) }
expect([stranger.code, stranger.response.parsed["error_code"]], %w[invalid_client KOE010])

# The end.
expect(renewed.post("#{Kakao::API}/v1/user/logout").parsed, {"id" => me["id"]})
expect(refused { renewed.get("#{Kakao::API}/v2/user/me") }.response.status, 401)
returned = Kakao.agree(client.auth_code.authorize_url(redirect_uri: Kakao::CALLBACK))
last = client.auth_code.get_token(returned["code"], redirect_uri: Kakao::CALLBACK)
expect(last.post("#{Kakao::API}/v1/user/unlink").parsed, {"id" => me["id"]})
expect(refused { last.refresh! }.response.parsed["error_code"], "KOE322")
puts "oauth2 (Ruby): login, ID token, profile, messages, friends, refresh, logout, unlink, KOE010/320/322, -401"
