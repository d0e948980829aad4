import '../../platform/subgraph/directives.js';
import { Field, InputType, ObjectType, registerEnumType } from 'type-graphql';

export enum PrivacyAudience {
  EVERYONE = 'EVERYONE',
  DIRECT_CONTACTS = 'DIRECT_CONTACTS',
  NOBODY = 'NOBODY',
}
registerEnumType(PrivacyAudience, {
  name: 'PrivacyAudience',
  description: 'For whom something is.',
  valuesConfig: {
    DIRECT_CONTACTS: { description: 'People the viewer already has a direct conversation with.' },
  },
});

@ObjectType({ description: 'Who may learn what of the viewer, and who may write to them.' })
export class PrivacySettings {
  @Field(() => PrivacyAudience, { description: 'Who sees whether, and when, the viewer was last here.' })
  lastSeen!: `${PrivacyAudience}`;

  @Field(() => Boolean, {
    description: 'Off: others see no read state from the viewer, and the viewer sees none from others.',
  })
  readReceipts!: boolean;

  @Field(() => Boolean, { description: 'Off: others do not see the viewer typing.' })
  typingIndicators!: boolean;

  @Field(() => PrivacyAudience, { description: 'Who may open a direct conversation with the viewer.' })
  directMessages!: `${PrivacyAudience}`;
}

@InputType({ description: 'A field left out stays as it is.' })
export class UpdatePrivacyInput {
  @Field(() => PrivacyAudience, { nullable: true })
  lastSeen?: PrivacyAudience | null;

  @Field(() => Boolean, { nullable: true })
  readReceipts?: boolean | null;

  @Field(() => Boolean, { nullable: true })
  typingIndicators?: boolean | null;

  @Field(() => PrivacyAudience, { nullable: true })
  directMessages?: PrivacyAudience | null;
}
