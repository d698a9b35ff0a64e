// Whoever has logged out leaves nothing that they were writing in this browser.

try {
  localStorage.setItem("katok-left", Date.now());
  for (const name of Object.keys(localStorage)) {
    if (name.startsWith("katok-draft-")) localStorage.removeItem(name);
  }
} catch {
  // A browser that keeps nothing has nothing to forget.
}
