/** A person who can sign in at the simulated providers. */
export interface TestPerson {
  slug: string
  /** The real name, as on an identity card. */
  name: string
  /** `null`: never chosen, so the provider shows its default. */
  nickname: string | null
  /** Always `@example.com`; the same at every provider. */
  email: string | null
  /** `false`: the person never proved the mailbox to the provider. */
  emailVerified: boolean
  /** `false`: another account of the provider has taken the address over. */
  emailValid: boolean
  hasPhoto: boolean
  /** The person's id is beyond 2^53 at providers whose ids are JSON numbers. */
  hugeId: boolean
  /** Registered long ago, when ids at some providers were plain digits. */
  oldId: boolean
}

const ordinary = {
  emailVerified: true,
  emailValid: true,
  hasPhoto: true,
  hugeId: false,
  oldId: false,
}

/** The people of the sandbox, in the order the consent page lists them. */
export const people: readonly TestPerson[] = [
  {
    ...ordinary,
    slug: 'minjun',
    name: '김민준',
    nickname: '민준',
    email: 'minjun@example.com',
  },
  {
    ...ordinary,
    slug: 'seoyeon',
    name: '이서연',
    nickname: '서연이네',
    email: 'seoyeon@example.com',
  },
  {
    ...ordinary,
    slug: 'haneul',
    name: '박하늘',
    nickname: '하늘',
    email: null,
  },
  {
    ...ordinary,
    slug: 'doyun',
    name: '정도윤',
    nickname: '도윤',
    email: 'doyun@example.com',
    emailVerified: false,
  },
  {
    ...ordinary,
    slug: 'suhyun',
    name: '한수현',
    nickname: '수현',
    email: 'suhyun@example.com',
    emailValid: false,
  },
  {
    ...ordinary,
    slug: 'jiwoo',
    name: '최지우',
    nickname: null,
    email: 'jiwoo@example.com',
    hasPhoto: false,
  },
  {
    ...ordinary,
    slug: 'yerin',
    name: '강예린',
    nickname: '예린',
    email: 'yerin@example.com',
    hugeId: true,
  },
  {
    ...ordinary,
    slug: 'sungho',
    name: '윤성호',
    nickname: '성호',
    email: 'sungho@example.com',
    oldId: true,
  },
]

export function personBySlug(slug: string | null): TestPerson | undefined {
  return people.find((person) => person.slug === slug)
}
