// Kakao's JavaScript SDK on the sample's page: its own way to sign in, and KakaoTalk Share. Without it the page is as ever.

const element = (id) => document.getElementById(id);
const { key, redirectUri, state, home, sample } = element("kakao-sdk").dataset;
const { Kakao } = window;

function share() {
  const link = { mobileWebUrl: home, webUrl: home };
  Kakao.Share.sendDefault({ objectType: "text", text: element("text").value.trim() || sample, link });
}

if (Kakao) {
  Kakao.init(key);
  element("sdk-login")?.addEventListener("click", (event) => {
    event.preventDefault();
    Kakao.Auth.authorize({ redirectUri, state, throughTalk: false });
  });
  element("share")?.addEventListener("click", share);
  for (const part of document.querySelectorAll("#share, #share-note")) part.hidden = false;
}
