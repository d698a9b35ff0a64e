// Choosing friends: the list comes page by page, and can be searched by name.

/** Makes the list work; `changed` is called when somebody is chosen. */
export function chooseFriends(form, changed) {
  const box = document.getElementById("friends");
  const list = box.querySelector(".friends");
  const search = document.getElementById("friend-name");
  const quota = document.getElementById("quota");
  const chosen = new Set([...form.querySelectorAll("[name=to]:checked, [type=hidden][name=to]")].map((mark) => mark.value));
  let isLoading = false;

  const isToFriends = () => form.elements.receivers.value === "friends";

  /** Who is chosen and not on the part of the list that is there, must be sent along all the same. */
  function keepChosen() {
    for (const mark of form.querySelectorAll("[type=hidden][name=to]")) mark.remove();
    const listed = new Set([...list.querySelectorAll("[name=to]")].map((mark) => mark.value));
    for (const uuid of chosen) {
      if (listed.has(uuid)) continue;
      const mark = document.createElement("input");
      Object.assign(mark, { type: "hidden", name: "to", value: uuid });
      form.append(mark);
    }
    document.getElementById("chosen").textContent = chosen.size ? `${chosen.size}${form.dataset.chosen}` : "";
    const tooMany = document.getElementById("too-many");
    if (tooMany) tooMany.hidden = !isToFriends() || chosen.size <= Number(quota.dataset.left);
  }

  function seek() {
    const name = search.value.trim().toLowerCase();
    for (const friend of list.querySelectorAll("[data-name]")) {
      friend.hidden = !friend.dataset.name.toLowerCase().includes(name);
    }
  }

  async function load(page) {
    if (isLoading) return;
    isLoading = true;
    try {
      const answer = await fetch(`/compose/friends?page=${page}`, { credentials: "same-origin", headers: { accept: "text/html" } });
      if (answer.ok) {
        list.querySelector(".more, .trouble")?.remove();
        list.insertAdjacentHTML("beforeend", await answer.text());
        for (const mark of list.querySelectorAll("[name=to]")) mark.checked = chosen.has(mark.value);
        form.elements.friend_pages.value = page + 1;
        seek();
        keepChosen();
      }
    } catch {
      // The button is still there to be pressed again.
    }
    isLoading = false;
  }

  function open() {
    box.hidden = !isToFriends();
    document.getElementById("search").hidden = false;
    if (isToFriends() && !list.querySelector("[data-name]")) load(0);
    keepChosen();
  }

  form.addEventListener("change", (event) => {
    if (event.target.name === "receivers") open();
    if (event.target.name !== "to") return;
    if (event.target.checked) chosen.add(event.target.value);
    else chosen.delete(event.target.value);
    keepChosen();
    changed();
  });
  list.addEventListener("click", (event) => {
    const more = event.target.closest("[data-page]");
    if (!more) return;
    event.preventDefault();
    load(Number(more.dataset.page));
  });
  search.addEventListener("input", async (event) => {
    event.stopPropagation();
    seek();
    // Whoever is looked for may be further down.
    for (let more; search.value && (more = list.querySelector("[data-page]")) && !isLoading;) {
      const page = Number(more.dataset.page);
      await load(page);
      if (list.querySelector("[data-page]")?.dataset.page === String(page)) break;
    }
  });
  search.addEventListener("keydown", (event) => {
    if (event.key === "Enter") event.preventDefault();
  });
  if (isToFriends()) open();

  return {
    choose(uuids) {
      for (const uuid of uuids) chosen.add(uuid);
      keepChosen();
    },
  };
}
