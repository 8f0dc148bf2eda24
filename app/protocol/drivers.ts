import type { DriverClass } from '#protocol/driver'
import { KakaoDriver } from '#protocol/drivers/kakao'
import { NaverDriver } from '#protocol/drivers/naver'

/**
 * All supported protocols, by the name in `providers.driver`. A new provider takes one
 * file in `drivers/` and one line here; for a sandbox and its own texts see
 * docs/architecture.md.
 */
export const DRIVERS: Record<string, DriverClass> = {
  kakao: KakaoDriver,
  naver: NaverDriver,
}

/** The scopes that a driver is not known to accept. */
export function unknownScopes(driver: string, scopes: string[]): string[] {
  const known = DRIVERS[driver]?.scopes ?? []
  return scopes.filter((one) => !known.includes(one))
}
