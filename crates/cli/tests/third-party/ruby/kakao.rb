# What stands around a client: the app, the person's decision, and a look into the emulator.
#
# Nothing here is part of a client. The clients know only Kakao's addresses; `katok emulator exec` answers those.

require "json"
require "net/http"

module Kakao
  API = "https://kapi.kakao.com"
  CALLBACK = "https://localhost:5000/callback"
  SITE = "https://localhost:5000"

  module_function

  # Asks the emulator itself, or tells it something.
  def control(path, body = nil)
    address = URI("#{ENV.fetch("KATOK_EMULATOR_URL").chomp("/")}/_emulator/v1/#{path}")
    answer = body ? Net::HTTP.post(address, body.to_json, "Content-Type" => "application/json") : Net::HTTP.get_response(address)
    raise "#{path}: #{answer.code} #{answer.body}" unless answer.is_a?(Net::HTTPSuccess)
    JSON.parse(answer.body)
  end

  # The app as Kakao's console shows it, with its keys.
  def app(key = "shop")
    control("world")["apps"].find { |app| app["key"] == key }
  end

  # The parameters that the browser of a person who agrees brings back to the service.
  def agree(authorize_url)
    decided = control("approve", "authorize_url" => authorize_url, "person" => "ryan", "decision" => "allow")
    URI.decode_www_form(URI(decided["redirect_url"]).query).to_h
  end

  # The texts of what a person got, oldest first.
  def inbox(person)
    control("people/#{person}/messages").map { |message| message["template_object"]["text"] }
  end

  def text_template(text)
    {"object_type" => "text", "text" => text, "link" => {"web_url" => SITE}}.to_json
  end
end

def expect(found, wanted)
  raise "#{wanted.inspect} was expected, found #{found.inspect}" unless wanted === found
end
