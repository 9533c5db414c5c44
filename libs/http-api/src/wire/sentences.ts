/** One sentence for the same refusal in every API. ASCII, because the validate calls write them as one-byte text. */
export const WIRE_SENTENCES = {
  tooLarge: 'The request body is larger than 64 KiB.',
  incomplete: 'The request body was incomplete.',
  notJson: 'The request body must be valid JSON in UTF-8.',
  notAnObject: 'The request body must be a JSON object.',
  undecided: 'This cannot be decided right now. Please try again.',
  fault: 'Something went wrong on our side. Please try again. If it keeps happening, give your administrator the request ID.',
  disabled: 'This is disabled in this environment.',
  organizationsDisabled: 'Organizations are disabled in this environment.',
  notAMember: 'The user is not a member of that organization.',
} as const;
