import vine from '@vinejs/vine'

/* The parser turns empty fields into null already; a missing one is the same. */
vine.convertEmptyStringsToNull = true
