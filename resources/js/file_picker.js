/*
 * A file is read here, into the field that its contents could be pasted into:
 * the server takes forms, and no files.
 */
for (const picker of document.querySelectorAll('[data-reads-into]')) {
  const field = document.getElementById(picker.dataset.readsInto)
  picker.closest('[data-file-picker]').hidden = false
  picker.addEventListener('change', async () => {
    const [file] = picker.files
    if (file) field.value = await file.text()
  })
}
