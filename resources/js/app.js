/* Conveniences only: every page works without this script. */
import { showCopyButtons } from './copy.js'
import './agree.js'
import './color_picker.js'
import './file_picker.js'
import './preview.js'
import './sortable.js'

/* A form is sent once, however often its button is pressed. */
document.addEventListener('submit', (event) => {
  const form = event.target
  /* It stays on the page and can be sent again: its answer is a file, or goes to another tab. */
  if (form.dataset.stays) forgetComplaints()
  if (form.dataset.stays || form.target === '_blank') return
  if (form.dataset.sending) {
    event.preventDefault()
    return
  }
  form.dataset.sending = 'true'
  form
    .querySelectorAll('[type="submit"]')
    .forEach((button) => button.setAttribute('aria-disabled', 'true'))
})

/* Complaints about the previous submission do not apply to this one. */
function forgetComplaints() {
  for (const complaint of document.querySelectorAll('main .alert--error, main .field__error')) {
    complaint.remove()
  }
  for (const field of document.querySelectorAll('main [aria-invalid]')) {
    field.removeAttribute('aria-invalid')
  }
}

/* The browser's back button may show the page as it was left. */
window.addEventListener('pageshow', () => {
  for (const form of document.querySelectorAll('form[data-sending]')) {
    delete form.dataset.sending
    form
      .querySelectorAll('[aria-disabled]')
      .forEach((button) => button.removeAttribute('aria-disabled'))
  }
})

showCopyButtons(document)
