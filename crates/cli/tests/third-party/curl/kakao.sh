#!/bin/sh
# The lines of Kakao's documents, as one types them: -v, -X, -d and --data-urlencode.
set -eu

control() {
    curl --silent --show-error --fail "${KATOK_EMULATOR_URL%/}/_emulator/v1/$@"
}

# The value of a name in a JSON answer.
value() {
    sed -n 's/.*"'"$1"'": *"\{0,1\}\([^",}]*\).*/\1/p'
}

# expect FOUND WANTED: WANTED has to be a part of FOUND.
expect() {
    case $1 in
        *"$2"*) ;;
        *) echo "expected $2, found: $1" >&2; exit 1 ;;
    esac
}

REST_API_KEY=5409000000000000000000000000000a
CLIENT_SECRET=5409000000000000000000000000000b
ADMIN_KEY=5409000000000000000000000000000c
REDIRECT_URI=https://localhost:5000/callback

authorize() {
    control approve -H "Content-Type: application/json" -d '{"person":"ryan","decision":"allow","authorize_url":
        "https://kauth.kakao.com/oauth/authorize?response_type=code&client_id='$REST_API_KEY'&redirect_uri='$REDIRECT_URI'"}' |
        sed -n 's/.*[?&]code=\([^"&]*\).*/\1/p'
}

token() {
    curl -s -X POST "https://kauth.kakao.com/oauth/token" \
        -H "Content-Type: application/x-www-form-urlencoded;charset=utf-8" \
        -d "client_id=$REST_API_KEY" "$@"
}

# Sign-in.
code=$(authorize)
answer=$(token -d "grant_type=authorization_code" -d "redirect_uri=$REDIRECT_URI" -d "code=$code")
expect "$answer" KOE010
answer=$(token -d "grant_type=authorization_code" -d "client_secret=$CLIENT_SECRET" \
    --data-urlencode "redirect_uri=$REDIRECT_URI" -d "code=$code")
expect "$answer" '"token_type":"bearer"'
ACCESS_TOKEN=$(echo "$answer" | value access_token)
REFRESH_TOKEN=$(echo "$answer" | value refresh_token)

# A page answers where a browser would be shown one.
expect "$(curl -s "https://kauth.kakao.com/oauth/authorize?response_type=code&client_id=$REST_API_KEY&redirect_uri=https://localhost:5000")" KOE006

# The profile, by GET and by POST.
answer=$(curl -s -G "https://kapi.kakao.com/v2/user/me" -H "Authorization: Bearer $ACCESS_TOKEN" \
    --data-urlencode 'property_keys=["kakao_account.profile"]')
expect "$answer" 라이언
USER_ID=$(echo "$answer" | sed 's/.*"id":\([0-9]*\).*/\1/')
expect "$(curl -s -X POST "https://kapi.kakao.com/v2/user/me" -H "Authorization: KakaoAK $ADMIN_KEY" \
    -d "target_id_type=user_id" -d "target_id=$USER_ID")" "\"id\":$USER_ID"
expect "$(curl -s "https://kapi.kakao.com/v1/user/access_token_info" -H "Authorization: Bearer $ACCESS_TOKEN")" '"expires_in":'

# Messages.
expect "$(curl -s -X POST "https://kapi.kakao.com/v2/api/talk/memo/default/send" \
    -H "Content-Type: application/x-www-form-urlencoded;charset=utf-8" \
    -H "Authorization: Bearer $ACCESS_TOKEN" \
    --data-urlencode 'template_object={
        "object_type": "text",
        "text": "curl에서 안녕",
        "link": {"web_url": "https://localhost:5000", "mobile_web_url": "https://localhost:5000"},
        "button_title": "열기"
    }')" '"result_code":0'
UUID=$(curl -s "https://kapi.kakao.com/v1/api/talk/friends?limit=3" -H "Authorization: Bearer $ACCESS_TOKEN" | value uuid)
expect "$(curl -s -X POST "https://kapi.kakao.com/v1/api/talk/friends/message/default/send" \
    -H "Authorization: Bearer $ACCESS_TOKEN" \
    --data-urlencode "receiver_uuids=[\"$UUID\"]" \
    --data-urlencode 'template_object={"object_type":"text","text":"curl에서 안녕","link":{}}')" "$UUID"
for person in ryan apeach; do
    expect "$(control people/$person/messages)" "curl에서 안녕"
done

# Refresh.
answer=$(token -d "grant_type=refresh_token" -d "refresh_token=$REFRESH_TOKEN" -d "client_secret=$CLIENT_SECRET")
NEW_TOKEN=$(echo "$answer" | value access_token)
control tokens/expire -H "Content-Type: application/json" -d "{\"access_token\":\"$ACCESS_TOKEN\"}" > /dev/null
expect "$(curl -s -i "https://kapi.kakao.com/v2/user/me" -H "Authorization: Bearer $ACCESS_TOKEN")" '"code":-401'

# The end.
expect "$(curl -s -X POST "https://kapi.kakao.com/v1/user/logout" -H "Authorization: Bearer $NEW_TOKEN")" "$USER_ID"
expect "$(curl -s "https://kapi.kakao.com/v2/user/me" -H "Authorization: Bearer $NEW_TOKEN")" '"code":-401'
unlink() {
    curl -s -X POST "https://kapi.kakao.com/v1/user/unlink" -H "Authorization: KakaoAK $ADMIN_KEY" \
        -d "target_id_type=user_id" -d "target_id=$USER_ID"
}
expect "$(unlink)" "$USER_ID"
expect "$(unlink)" '"code":-101'
echo "curl: login, profile, admin key, messages, friends, refresh, logout, unlink, KOE006/010, -101, -401"
