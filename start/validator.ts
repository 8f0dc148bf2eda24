import vine from '@vinejs/vine'

/* The parser already turns empty fields into null; a missing field is treated the same. */
vine.convertEmptyStringsToNull = true
