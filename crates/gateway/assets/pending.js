// What a person was doing when Kakao asked for more consent: kept in this tab, done once afterwards.

const KEY = "katok.pending";
const TEN_MINUTES = 10 * 60 * 1000;

/** Keeps an action over the walk to Kakao's consent page. */
export function keep(action) {
  sessionStorage.setItem(KEY, JSON.stringify({ ...action, at: Date.now() }));
}

/** Takes the kept action away and returns it, unless it is too old or belongs to somebody else. */
export function take(userId) {
  const text = sessionStorage.getItem(KEY);
  sessionStorage.removeItem(KEY);
  if (!text) return null;
  const action = JSON.parse(text);
  return Date.now() - action.at < TEN_MINUTES && action.userId === userId ? action : null;
}
