// Runs before the first drawing, so that a page in the other theme does not flash.
try {
  const theme = localStorage.getItem('durablechat.theme');
  if (theme === 'light' || theme === 'dark') document.documentElement.dataset.theme = theme;
} catch {
  // Storage may be forbidden; the system's theme then holds.
}
