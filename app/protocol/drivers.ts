import type { DriverClass } from '#protocol/driver'
import { KakaoDriver } from '#protocol/drivers/kakao'
import { NaverDriver } from '#protocol/drivers/naver'

/**
 * Every protocol spoken here, by the name that `providers.driver` holds. A new
 * provider is one file in `drivers/` and one line here; for a sandbox and words of its own
 * see docs/architecture.md.
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
