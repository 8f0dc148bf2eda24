/**
 * For the read of another row: whether an identity waits in a browser for its owner,
 * expired or not. By itself, since models that import each other cannot share it.
 */
export const IS_PENDING_IN_BROWSER =
  'exists (select 1 from pending_identities where browser_hash = ?)'
