// Runs before anything is drawn, so that nobody who chose the other theme sees this one flash by.
try {
  const theme = localStorage.getItem("posthorn.theme");
  if (theme === "light" || theme === "dark") document.documentElement.dataset["theme"] = theme;
} catch {
  // Storage may be refused, as in a frame: the system's preference holds.
}
