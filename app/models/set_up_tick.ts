import { SetUpTickSchema } from '#database/schema'

/** A step in a provider's console that an administrator reports as done; nobody else can know. */
export default class SetUpTick extends SetUpTickSchema {}
