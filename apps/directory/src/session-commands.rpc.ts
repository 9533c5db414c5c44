import { Inject } from '@nestjs/common';
import { Handles, MessageHandlers } from '@app/platform';
import type { In, Out } from './message-types.js';
import { EndSession } from './sessions/end-session.js';
import { FetchSession } from './sessions/fetch-session.js';
import { LogIn } from './sessions/log-in.js';
import { RefreshSession } from './sessions/refresh-session.js';
import { SignUp } from './sessions/sign-up.js';

/** Commands on sessions, and whose one is. */
@MessageHandlers()
export class SessionCommands {
  constructor(
    @Inject(LogIn) private readonly login: LogIn,
    @Inject(SignUp) private readonly signup: SignUp,
    @Inject(RefreshSession) private readonly refresh: RefreshSession,
    @Inject(EndSession) private readonly end: EndSession,
    @Inject(FetchSession) private readonly session: FetchSession,
  ) {}

  @Handles('directory.log-in')
  logIn(message: In<'directory.log-in'>): Out<'directory.log-in'> {
    return this.login.run(message);
  }

  @Handles('directory.sign-up')
  signUp(message: In<'directory.sign-up'>): Out<'directory.sign-up'> {
    return this.signup.run(message);
  }

  @Handles('directory.refresh-session')
  refreshSession(message: In<'directory.refresh-session'>): Out<'directory.refresh-session'> {
    return this.refresh.run(message);
  }

  @Handles('directory.end-session')
  endSession(message: In<'directory.end-session'>): Out<'directory.end-session'> {
    return this.end.run(message);
  }

  @Handles('directory.fetch-session')
  fetchSession(message: In<'directory.fetch-session'>): Out<'directory.fetch-session'> {
    return this.session.run(message);
  }
}
