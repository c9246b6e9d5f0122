/** Whose shop the hosted pages are for. */

/** The one account that the sandbox serves sells for this business. */
export const BUSINESS_NAME = '/dev/chat';
