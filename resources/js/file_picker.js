/*
 * Reads a file here, into the field where its contents could be pasted: the server
 * accepts forms, not files.
 */
for (const picker of document.querySelectorAll('[data-reads-into]')) {
  const field = document.getElementById(picker.dataset.readsInto)
  picker.closest('[data-file-picker]').hidden = false
  picker.addEventListener('change', async () => {
    const [file] = picker.files
    if (file) field.value = await file.text()
  })
}
