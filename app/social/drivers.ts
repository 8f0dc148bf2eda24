import type { DriverClass } from '#social/driver'
import { KakaoDriver } from '#social/drivers/kakao'
import { NaverDriver } from '#social/drivers/naver'

/**
 * Every protocol spoken here, by the name that `providers.driver` holds. A new
 * provider is one file in `drivers/`, one line here, one file in the sandbox and
 * its words in `resources/lang`.
 */
export const DRIVERS: Record<string, DriverClass> = {
  kakao: KakaoDriver,
  naver: NaverDriver,
}

/** Those of the scopes that a driver is not known to take. */
export function unknownScopes(driver: string, scopes: string[]): string[] {
  const known = DRIVERS[driver]?.scopes ?? []
  return scopes.filter((one) => !known.includes(one))
}
