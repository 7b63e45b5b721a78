/** A service somewhere else. It counts what it is asked, and fails while it is told to. */
export class WeatherService {
  isUp = true;
  requests = 0;

  async forecast(): Promise<string> {
    this.requests += 1;
    if (!this.isUp) throw new Error('service down');
    return 'sunny';
  }
}
