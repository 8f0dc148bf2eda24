/*
 * "Agree to all" as a box that ticks the others. Without this script a button does the same,
 * and sends the form at once.
 */
for (const group of document.querySelectorAll('[data-agree]')) {
  const row = group.querySelector('[data-agree-box]')
  const all = row.querySelector('input')
  const boxes = [...group.querySelectorAll('input[type="checkbox"]')].filter((box) => box !== all)
  const follow = () => {
    all.checked = boxes.every((box) => box.checked)
  }
  all.addEventListener('change', () => {
    for (const box of boxes) box.checked = all.checked
  })
  for (const box of boxes) box.addEventListener('change', follow)
  window.addEventListener('pageshow', follow)
  row.hidden = false
  for (const button of group.closest('form').querySelectorAll('[data-agree-button]')) {
    button.remove()
  }
}
