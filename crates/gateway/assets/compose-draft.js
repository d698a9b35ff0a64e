// What somebody was writing, kept in this browser until it is accepted.

export class Draft {
  #name;
  #since = Date.now();

  /** Of one account; of nobody nothing is kept. */
  constructor(account) {
    this.#name = account ? `katok-draft-${account}` : null;
  }

  keep(fields) {
    // A browser may refuse: then nothing is kept, and everything else works.
    try {
      // Whoever has logged out in another window leaves nothing here by this one either.
      const left = Number(localStorage.getItem("katok-left"));
      if (this.#name && left < this.#since) localStorage.setItem(this.#name, fields);
    } catch {}
  }

  kept() {
    try {
      const text = this.#name && localStorage.getItem(this.#name);
      return text ? new URLSearchParams(text) : null;
    } catch {
      return null;
    }
  }

  forget() {
    try { if (this.#name) localStorage.removeItem(this.#name); } catch {}
  }
}
