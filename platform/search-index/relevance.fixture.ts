/** What is found, best first: texts from the oldest to the newest, what is typed, and the places of those that are found. */
export interface Relevance {
  what: string;
  texts: string[];
  typed: string;
  found: number[];
}

const of = (what: string, texts: string[], typed: string, found: number[]): Relevance => ({
  what,
  texts,
  typed,
  found,
});

export const messageRelevance: Relevance[] = [
  of(
    'a word before its forms, those before words that begin with it',
    ['runway', 'runs', 'run', 'runtime'],
    'run',
    [2, 1, 3, 0],
  ),
  of('the newest of equals', ['deploy one', 'deploy two', 'deploy three'], 'deploy', [2, 1, 0]),
  of('all words, in any order', ['red', 'green', 'green and red', 'red, green'], 'red green', [3, 2]),
  of(
    'words together before words apart',
    ['release the new candidate', 'release candidate', 'candidate, release'],
    'release candidate',
    [1, 2, 0],
  ),
  of('the beginning of the last word only', ['deployment failed', 'deploy failed'], 'depl fail', []),
  of('a form of each word', ['the deployments were failing', 'cats'], 'deployment fail', [0]),
  of('any case', ['HELLO', 'hello', 'Hello'], 'hElLo', [2, 1, 0]),
  of('accents as typed before those left out', ['cafe', 'café', 'the cafe\u0301 there'], 'café', [2, 1, 0]),
  of('accents that were not typed', ['café', 'cafe'], 'cafe', [1, 0]),
  of('umlauts in each spelling', ['Mueller', 'Müller', 'Muller', 'Mühler'], 'Müller', [1, 2, 0]),
  of('umlauts spelt out', ['Müller', 'Mueller'], 'mueller', [1, 0]),
  of('ß as ss', ['Straße', 'Strasse'], 'strasse', [1, 0]),
  of('German forms', ['die Häuser', 'Maus'], 'haus', [0]),
  of('French forms, and words after an elision', ["l'école des chevaux"], 'école cheval', [0]),
  of('Spanish forms', ['hablando con amigos'], 'amigo', [0]),
  of('Russian forms', ['Кошки спят', 'собака'], 'кошка', [0]),
  of('ё as е', ['ёлка', 'елка'], 'елка', [1, 0]),
  of('Greek without its accents', ['καλημέρα κόσμε'], 'ΚΑΛΗΜΕΡΑ', [0]),
  of('Arabic without its vowels', ['مُحَمَّد'], 'محمد', [0]),
  of('Japanese anywhere in a run', ['東京都に住んでいます', '京都に行く', '東の京都'], '京都', [2, 1, 0]),
  of('Japanese only as it stands', ['東京都に住んでいます', '京都と東京'], '東京都', [0]),
  of('one Chinese character, wherever it stands', ['我喜欢喝茶', '茶馆', '咖啡'], '茶', [1, 0]),
  of('Chinese beside Latin', ['使用Docker部署', 'Docker'], 'docker 部署', [0]),
  of('Korean with its particles', ['서울에서 만나요'], '서울', [0]),
  of('Thai within a sentence', ['ฉันรักเมืองไทย'], 'เมือง', [0]),
  of('half-width as full-width', ['ガイド', 'ＡＢＣ'], 'ｶﾞｲﾄﾞ', [0]),
  of('emoji, of any skin', ['nice 👍🏽', 'nice 👍', 'nice 👎'], '👍', [1, 0]),
  of('emoji of several people as one', ['👩‍👩‍👧 here', '👩 here'], '👩‍👩‍👧', [0]),
  of('a handle with an underscore', ['ask @bob_smith', 'ask bob', 'bob smith'], '@bob_smith', [0]),
  of('a part of a handle after whole words', ['ask smith', 'ask @bob_smith'], 'smith', [0, 1]),
  of(
    'an address of the web by its parts',
    ['see https://parley.example/docs/start?x=1', 'see docs'],
    'parley.example/docs',
    [0],
  ),
  of('an e-mail address', ['write to ann.lee@example.org', 'write to ann'], 'ann.lee@example.org', [0]),
  of(
    'an identifier, whole and by its parts',
    ['getUserName()', 'get the user name', 'HTMLElement'],
    'getUserName',
    [0],
  ),
  of('parts of an identifier', ['call getUserName()', 'user'], 'user', [1, 0]),
  of('numbers and versions', ['2.14.4 is out', '2.14 is out'], '2.14.4', [0]),
  of('a number', ['error 50012', 'error 500'], '500', [1, 0]),
  of('words joined by what is not seen', ['pass\u200bword', 'soft\u00adware'], 'password', [0]),
];

export const personRelevance: Relevance[] = [
  of(
    'a handle before names, whole words before beginnings, and those before typos',
    ['anne9|Jean', 'ann_marie|M', 'q1|Ann Lee', 'ann|Zoe', 'q2|Ann'],
    'ann',
    [3, 4, 2, 1, 0],
  ),
  of('exact, then beginning, then typo', ['x1|Jonas', 'x2|Jonathan', 'x3|Jona'], 'jona', [2, 1, 0]),
  of('two letters that changed places', ['x1|John', 'x2|Mary'], 'jhon', [0]),
  of('a letter too few, too many, another one', ['x1|Karolina'], 'karlina', [0]),
  of('a letter too many', ['x1|Karolina'], 'karoliina', [0]),
  of('another letter', ['x1|Karolina'], 'karulina', [0]),
  of('not two typos', ['x1|Karolina'], 'karulin', []),
  of('first and last name in any order', ['x1|Ann Lee', 'x2|Ann Smith'], 'lee ann', [0]),
  of('beginnings of both', ['x1|Ann Lee', 'x2|Ann Smith'], 'an sm', [1]),
  of('a handle with underscore, and its parts', ['bob_smith|Robert', 'smithy|Q'], 'smith', [0, 1]),
  of('a handle as it is mentioned', ['bob_smith|Robert', 'bob|Smith'], '@bob_smith', [0]),
  of('accents or not', ['x1|José Müller', 'x2|Jose Mueller'], 'jose muller', [0, 1]),
  of('Japanese names', ['x1|山田太郎', 'x2|田中'], '太郎', [0]),
  of('the newest of equals', ['x1|Kim', 'x2|Kim', 'x3|Kim'], 'kim', [2, 1, 0]),
];

export const conversationRelevance: Relevance[] = [
  of(
    'a title before longer ones, those before beginnings, and descriptions last',
    ['x|about general things', 'generals|', 'general talk|', 'general|'],
    'general',
    [3, 2, 1, 0],
  ),
  of('the beginning of each word', ['Project Apollo|', 'Apollo|'], 'proj apo', [0]),
  of('a word of the title and one of the description', ['Lunch|Where to eat in Berlin'], 'lunch berlin', [0]),
  of('Chinese titles', ['产品讨论|', '产品|'], '讨论', [0]),
];
