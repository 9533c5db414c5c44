export type PageName = 'react-page' | 'javascript-page' | 'plain-page';
export declare const bundlePage: (name: PageName) => Promise<string>;
