"use strict";
document.querySelectorAll(".tabs").forEach(function (tabs) {
  const slider = tabs.querySelector(".slider");
  const stops = Array.from(tabs.querySelectorAll("input[type=radio]"));
  function follow() {
    const chosen = stops.findIndex(function (stop) { return stop.checked; });
    slider.value = chosen;
    slider.setAttribute("aria-valuetext", stops[chosen].labels[0].textContent);
  }
  slider.addEventListener("input", function () {
    stops[slider.valueAsNumber].checked = true;
    follow();
  });
  tabs.addEventListener("change", follow);
  tabs.classList.add("sliding");
  slider.hidden = false;
  follow();
});
