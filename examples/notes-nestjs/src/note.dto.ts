import { ApiProperty } from '@nestjs/swagger';
import type { Note, NoteFields } from './note.ts';

/** For the OpenAPI page. */
export class NoteFieldsDto implements NoteFields {
  @ApiProperty({ type: String })
  title!: string;

  @ApiProperty({ type: String })
  text!: string;
}

/** For the OpenAPI page. */
export class NoteDto extends NoteFieldsDto implements Note {
  @ApiProperty({ type: String })
  id!: string;

  @ApiProperty({ type: String, format: 'date-time' })
  updatedAt!: string;
}
