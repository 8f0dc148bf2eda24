/* The browser's own picker beside a field for a colour; each follows the other. */
for (const picker of document.querySelectorAll('[data-color-for]')) {
  const field = document.getElementById(picker.dataset.colorFor)
  picker.hidden = false
  picker.addEventListener('input', () => {
    field.value = picker.value
    field.dispatchEvent(new Event('input', { bubbles: true }))
  })
  field.addEventListener('input', () => {
    if (/^#[\da-f]{6}$/i.test(field.value)) picker.value = field.value
  })
}
