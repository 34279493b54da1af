(function () {
  "use strict";
  var root = document.documentElement;
  var words = {
    de: { copied: "Filter kopiert", failed: "Kopieren nicht möglich" },
    en: { copied: "Filter copied", failed: "Cannot copy" }
  };

  function speak(text) {
    document.getElementById("spoken").textContent = text;
  }

  function choose(lang) {
    root.lang = lang;
    document.title = root.getAttribute("data-title-" + lang);
    document.querySelectorAll("[data-lang]").forEach(function (button) {
      button.setAttribute("aria-pressed", String(button.dataset.lang === lang));
    });
  }

  function copyBySelection(text) {
    var field = document.createElement("textarea");
    field.value = text;
    field.setAttribute("readonly", "");
    field.className = "unseen";
    document.body.appendChild(field);
    field.select();
    var done = false;
    try { done = document.execCommand("copy"); } catch (error) { done = false; }
    field.remove();
    return done;
  }

  function told(button, done) {
    var say = words[root.lang === "en" ? "en" : "de"];
    speak(done ? say.copied : say.failed);
    button.classList.toggle("done", done);
    setTimeout(function () { button.classList.remove("done"); }, 1600);
  }

  function copy(button) {
    var text = button.dataset.copy;
    if (navigator.clipboard && window.isSecureContext) {
      navigator.clipboard.writeText(text).then(
        function () { told(button, true); button.focus(); },
        function () { told(button, copyBySelection(text)); button.focus(); }
      );
    } else {
      told(button, copyBySelection(text));
      button.focus();
    }
  }

  document.addEventListener("click", function (event) {
    var button = event.target.closest("button");
    if (!button) { return; }
    if (button.dataset.lang) { choose(button.dataset.lang); }
    if (button.dataset.copy !== undefined) { copy(button); }
  });

  // A link may lead to a statement that is folded away.
  function unfold() {
    var target = location.hash.length > 1 && document.getElementById(decodeURIComponent(location.hash.slice(1)));
    var folded = target && target.closest("details");
    if (folded && !folded.open) { folded.open = true; target.scrollIntoView(); }
  }
  window.addEventListener("hashchange", unfold);
  unfold();

  // Paper cannot be unfolded.
  var closed = [];
  window.addEventListener("beforeprint", function () {
    closed = Array.prototype.filter.call(document.querySelectorAll("details"), function (it) { return !it.open; });
    closed.forEach(function (it) { it.open = true; });
  });
  window.addEventListener("afterprint", function () {
    closed.forEach(function (it) { it.open = false; });
  });
})();
