import { Etag, type Expectation, Expected, IfMatch } from '@etag/nestjs';
import { Body, Controller, Delete, Get, Header, Inject, Param, Patch, Post, Put, Res } from '@nestjs/common';
import {
  ApiBody,
  ApiCreatedResponse,
  ApiNoContentResponse,
  ApiOkResponse,
  ApiParam,
  PartialType,
} from '@nestjs/swagger';
import type { Response } from 'express';
import { NoteDto, NoteFieldsDto } from './note.dto.ts';
import { NotePipe, PatchPipe } from './note.pipe.ts';
import type { NoteFields } from './note.ts';
import { NotesService } from './notes.service.ts';

const ID = { name: 'id', type: String };

@Controller('notes')
export class NotesController {
  constructor(@Inject(NotesService) private readonly notes: NotesService) {}

  @Get()
  @ApiOkResponse({ type: [NoteDto] })
  list() {
    return this.notes.list();
  }

  @Post()
  @IfMatch()
  @ApiBody({ type: NoteFieldsDto })
  @ApiCreatedResponse({ type: NoteDto })
  async create(
    @Body(NotePipe) fields: NoteFields,
    @Expected() expected: Expectation,
    @Res({ passthrough: true }) response: Response,
  ) {
    const outcome = await this.notes.create(fields, expected);
    if (outcome.kind === 'created') response.location(`/notes/${outcome.value.id}`);
    return outcome;
  }

  @Get(':id')
  @ApiParam(ID)
  @Header('Cache-Control', 'no-cache') // keep it, and ask each time
  @Etag({ current: NotesService })
  @ApiOkResponse({ type: NoteDto })
  show(@Param('id') id: string) {
    return this.notes.get(id);
  }

  @Put(':id')
  @ApiParam(ID)
  @IfMatch({ require: true })
  @ApiBody({ type: NoteFieldsDto })
  @ApiOkResponse({ type: NoteDto })
  @ApiCreatedResponse({ type: NoteDto })
  replace(@Param('id') id: string, @Body(NotePipe) fields: NoteFields, @Expected() expected: Expectation) {
    return this.notes.replace(id, fields, expected);
  }

  @Patch(':id')
  @ApiParam(ID)
  @IfMatch({ require: true })
  @ApiBody({ type: PartialType(NoteFieldsDto) })
  @ApiOkResponse({ type: NoteDto })
  update(@Param('id') id: string, @Body(PatchPipe) patch: Partial<NoteFields>, @Expected() expected: Expectation) {
    return this.notes.update(id, patch, expected);
  }

  @Delete(':id')
  @ApiParam(ID)
  @IfMatch({ require: true })
  @ApiNoContentResponse()
  remove(@Param('id') id: string, @Expected() expected: Expectation) {
    return this.notes.remove(id, expected);
  }
}
