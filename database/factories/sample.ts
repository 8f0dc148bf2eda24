/* Words for sample rows. Nobody real: addresses and networks are reserved for examples. */

export const SURNAMES = [
  ['김', 'kim'],
  ['이', 'lee'],
  ['박', 'park'],
  ['최', 'choi'],
  ['정', 'jung'],
  ['강', 'kang'],
  ['윤', 'yoon'],
  ['한', 'han'],
] as const

export const GIVEN_NAMES = [
  ['서준', 'seojun'],
  ['지안', 'jian'],
  ['하윤', 'hayun'],
  ['도현', 'dohyun'],
  ['수아', 'sua'],
  ['은우', 'eunwoo'],
  ['채원', 'chaewon'],
  ['태오', 'taeo'],
  ['나은', 'naeun'],
  ['현서', 'hyunseo'],
] as const

export const ARTICLES = [
  ['처음 인사드립니다', '안녕하세요, 오늘 가입했습니다. 앞으로 자주 들르겠습니다.'],
  [
    '이번 주말 모임 안내',
    '토요일 오후 두 시에 도서관 앞에서 만납니다.\n비가 오면 1층 카페로 오세요.',
  ],
  ['사진 정리하는 방법이 궁금합니다', '휴대전화에 사진이 너무 많습니다. 다들 어떻게 정리하시나요?'],
  ['책 나눔합니다', '다 읽은 소설 세 권을 나눔합니다. 필요하신 분은 글을 남겨 주세요.'],
  ['동네 빵집 추천', '정류장 건너편 빵집의 소금빵이 맛있습니다. 오전에 가시는 것이 좋습니다.'],
  ['글 수정이 되네요', '오타를 고칠 수 있어서 편합니다.'],
] as const

export const USER_AGENTS = [
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36',
  'Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1',
  'Mozilla/5.0 (Linux; Android 15; SM-S938N) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Mobile Safari/537.36',
] as const
