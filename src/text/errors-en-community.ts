import { type ErrorSentences, LATER, NOTHING_WRITTEN, OUR_FAULT, REFUSED, UPDATE } from './errors-en-shared.ts'

const ASK_ANOTHER = 'Ask a member for another one (datis community invite).'

/** Errors about who is in the community: invitations, acts, and what members agree on. */
export const communityErrorsEn = {
  COMMUNITY_ALONE: [
    'No other organisation is in the community yet.',
    'There is nobody to keep anything for this box.',
    'Invite another one first: datis community invite',
  ],
  COMMUNITY_LEFT: [
    'The organisation of this box is no longer a member of its community.',
    'The others give back what is its own for 90 days, and take nothing new.',
    'Restore what you need, and join with a new box if you are invited again.',
  ],
  COMMUNITY_ALIVE: [
    'More than half of the community answered on {heardAt:instant}.',
    NOTHING_WRITTEN,
    'A community that follows another one is founded once no majority has answered for {neededMs:duration}.',
  ],
  MEMBER_UNKNOWN: ['There is no member “{id}”.', NOTHING_WRITTEN, 'See datis community show.'],
  MEMBER_AMBIGUOUS: [
    '{count:number} members are called “{id}”, or have an id that begins so.',
    'Nothing has changed.',
    'Give the beginning of the id of the one that is meant: {ids}.',
  ],
  BOX_AMBIGUOUS: [
    '{count:number} boxes are called “{box}”, or have an id that begins so.',
    'Nothing has changed.',
    'Give the beginning of the id of the one that is meant: {ids}.',
  ],
  EXPULSION_OWN: [
    'An organisation has no say in its own expulsion.',
    'Nothing has changed.',
    'To go by yourself: datis community leave',
  ],
  MEMBER_REFUSED: [
    'The other box answers this to members only.',
    REFUSED,
    'See datis community show on both boxes: one of them has another charter.',
  ],
  PROBE_RATE_REFUSED: [
    'A member dials this box back only once in {ms:duration}.',
    REFUSED,
    'Wait a moment, and run datis peer probe again.',
  ],
  INVITATION_MISTYPED: [
    'This is not an invitation code as it was given: a character is wrong, missing or in another place.',
    NOTHING_WRITTEN,
    'Compare it with the original, group by group.',
  ],
  INVITATION_EXPIRED: ['The invitation was good until {until:instant}.', 'It opens nothing any more.', ASK_ANOTHER],
  INVITATION_USED: [
    'The invitation has been used already.',
    'It opens the door once, to one organisation.',
    ASK_ANOTHER,
  ],
  INVITATION_UNKNOWN: ['There is no such invitation, or it was taken back.', 'It opens nothing.', ASK_ANOTHER],
  INVITATION_PENDING: [
    'More members have to approve of this invitation before it opens the door.',
    'Nothing is lost: the code stays good.',
    'Ask the members to approve (datis community pending), then run the command again.',
  ],
  INVITATION_WAITS: [
    'This invitation is not in force yet ({approvals:number} of {needed:number} approvals needed), and cannot be taken back before it is.',
    'Until then nobody can join with it, and it lapses by itself on {until:instant}.',
    'Ask the others not to approve of it; if they do all the same, run the command again.',
  ],
  INVITATION_FOREIGN: [
    'The box that was asked is in another community than the one that the invitation is for.',
    'It cannot let you in.',
    ASK_ANOTHER,
  ],
  INVITATION_NO_CONTACT: [
    'No member that the invitation names lets us in: {tried} ({cause}).',
    'Nothing is lost: the code stays good.',
    'Check the line of this machine, then that one of these boxes runs and can be reached.',
  ],
  ENTRY_NO_CONTACT: [
    'None of these boxes lets this one in: {tried} ({cause}).',
    NOTHING_WRITTEN,
    'Without a code only a further box of a member comes in, made with the words of its organisation (datis box create --words): check that one of these boxes runs and can be reached. Everybody else asks a member for a code, then: datis community join CODE --data DIR',
  ],
  ACT_UNKNOWN: ['No act “{id}” waits for approvals here.', NOTHING_WRITTEN, 'See datis community pending.'],
  ACT_REFUSED: ['This act cannot be taken in: {reason}.', NOTHING_WRITTEN, 'See datis community pending.'],
  ACT_APPROVALS_MISSING: [
    'This act has {approvals:number} approvals of {needed:number} needed.',
    'Nothing has changed yet.',
    'More organisations have to approve of it: datis community approve',
  ],
  ACT_RATE_REFUSED: [
    'Your organisation has changed its boxes {changes:number} times in a day.',
    'This change has not been made.',
    'It is made by itself when a day is over.',
  ],
  DRAIN_UNKNOWN: [
    'The other box has not heard yet that this one is leaving.',
    'It moves nothing away from it.',
    'Wait until it has the newest list of members: boxes that run hear of it in a few minutes.',
  ],
  NOT_LEAVING: ['This box is not about to leave.', 'Nothing has changed.', 'There is nothing to do.'],
  BOXES_LEFT: [
    'Your organisation has {count:number} other box(es) in the community.',
    'Nothing has changed.',
    'Take one box out with: datis community leave --box ID; or leave with all of them at once with --now.',
  ],
  BOX_ANSWERS: [
    'The box “{box}” runs, and others may lean on it.',
    'Nothing has changed.',
    'Run on that box: datis community leave --box ID; or take it out at once with --now.',
  ],
  BOX_REMOVED: [
    'This box was taken out of the community; its organisation is still a member.',
    'Nothing was sent. What this box has itself can still be restored.',
    'To take part again, make a new box with the recovery words of the organisation.',
  ],
  BOX_LAST: [
    'This is the only box of its organisation.',
    'Nothing has changed.',
    'Leave the community with: datis community leave',
  ],
  ADDRESSES_UNCHANGED: [
    'The community lists these addresses already.',
    'Nothing has changed.',
    'There is nothing to do.',
  ],
  AGREEMENT_TOO_FEW: [
    'Only {answered:number} organisations of {needed:number} needed answered and agreed.',
    'Nothing has changed: more than half of all have to sign a new list of members.',
    'Run the command again when more boxes are on.',
  ],
  AGREEMENT_BUSY: ['Other boxes are changing the community at this moment.', LATER, 'Run the command again.'],
  PROPOSAL_REFUSED: [
    'Another box proposed a list of members that may not be voted for: {reason}.',
    REFUSED,
    'If it lasts, have that box looked at.',
  ],
  BALLOT_REFUSED: ['Another box was faster with a new list of members.', LATER, 'Run the command again.'],
  ACCEPTOR_REFUSED: ['A box has no vote on the next list of members: {reason}.', 'The others decide.', OUR_FAULT],
  CHARTER_BEHIND: ['A box does not have the newest list of members yet.', LATER, 'Run the command again.'],
  CHARTER_DECIDED: ['That list of members is decided already.', LATER, UPDATE],
} satisfies Record<string, ErrorSentences>
