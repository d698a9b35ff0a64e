// Puts a value of the page where Kakao's console can be given it.

for (const button of document.querySelectorAll("button[data-copies]")) {
  const value = document.getElementById(button.dataset.copies);
  const label = button.textContent;
  button.hidden = false;
  button.setAttribute("aria-live", "polite");
  button.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(value.textContent);
      button.textContent = button.dataset.copied;
      setTimeout(() => { button.textContent = label; }, 2000);
    } catch {
      // Without https a page has no clipboard: what is selected can be copied by hand.
      getSelection().selectAllChildren(value);
    }
  });
}
