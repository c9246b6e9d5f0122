/** The business whose one account the sandbox serves. */

export const BUSINESS_NAME = '/dev/chat';
