//! What is said about `katok doctor`, which takes nothing.

pub(super) const EXAMPLES: &str = "\
Examples:
  katok doctor
  katok doctor --json | jq -r '.checks[] | select(.state == \"failed\") | .sentence.en'
  KAKAO_REDIRECT_URI=https://shop.example.com/redirect katok doctor

아무것도 보내지 않고, 토큰을 쓰지 않고, 카카오의 아무것도 바꾸지 않습니다.
Sends nothing, uses no token up and changes nothing at Kakao.

Exit status: 0 all well (warnings allowed), else that of the first failure: 1 Kakao refuses,
2 settings, 3 sign-in or consent, 4 network.";
