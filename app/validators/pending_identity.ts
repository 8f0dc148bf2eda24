import vine from '@vinejs/vine'

export const proveByPasswordValidator = vine.create({
  password: vine.string().maxLength(128),
})
