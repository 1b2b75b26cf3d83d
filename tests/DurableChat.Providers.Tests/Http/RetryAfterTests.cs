using DurableChat.Providers.Http;
using Xunit;

namespace DurableChat.Providers.Tests.Http;

public sealed class RetryAfterTests
{
    private static readonly DateTimeOffset _now = new(1994, 11, 6, 8, 49, 30, TimeSpan.Zero);

    [Theory]
    [InlineData("Retry-After: 7", 7.0)]
    [InlineData("retry-after: 0", 0.0)]
    [InlineData("Retry-After: 6.5", 6.5)]
    [InlineData("Retry-After: 7s", 7.0)]
    [InlineData("Retry-After: Sun, 06 Nov 1994 08:49:37 GMT", 7.0)]
    [InlineData("Retry-After: Sunday, 06-Nov-94 08:49:37 GMT", 7.0)]
    [InlineData("Retry-After: Sun Nov  6 08:49:37 1994", 7.0)]
    [InlineData("Retry-After: 1994-11-06T08:49:37Z", 7.0)]
    [InlineData("Retry-After: Sun, 06 Nov 1994 08:49:00 GMT", 0.0)]
    [InlineData("Retry-After: 99999999999", 86400.0)]
    [InlineData("Retry-After: Sat, 06 Nov 2094 08:49:00 GMT", 86400.0)]
    [InlineData("retry-after-ms: 7000", 7.0)]
    [InlineData("retry-after-ms: 0.5", 0.0005)]
    [InlineData("retry-after-ms: 250|Retry-After: 1", 0.25)]
    [InlineData("retry-after-ms: soon|Retry-After: 1", 1.0)]
    [InlineData("Retry-After: -1", null)]
    [InlineData("Retry-After: 1,000", null)]
    [InlineData("Retry-After: NaN", null)]
    [InlineData("Retry-After: soon", null)]
    [InlineData("Retry-After:", null)]
    [InlineData("X: 1", null)]
    public void Headers_say_how_long_to_wait(string headers, double? seconds)
    {
        using var response = new HttpResponseMessage();
        foreach (var header in headers.Split('|'))
        {
            var colon = header.IndexOf(':', StringComparison.Ordinal);
            response.Headers.TryAddWithoutValidation(header[..colon], header[(colon + 1)..].Trim());
        }

        Assert.Equal(seconds, RetryAfter.Read(response.Headers, _now)?.TotalSeconds);
    }

    [Theory]
    [InlineData("Please try again in 20s.", 20.0)]
    [InlineData("Please try again in 1.25s.", 1.25)]
    [InlineData("Please try again in 250ms.", 0.25)]
    [InlineData("Please try again in 6m0s.", 360.0)]
    [InlineData("Please try again in 2m.", 120.0)]
    [InlineData("Please retry after 3 seconds.", 3.0)]
    [InlineData("Wait for 1 minute 5 seconds", 65.0)]
    [InlineData("retryDelay: 39s", 39.0)]
    [InlineData("Please try again later.", null)]
    [InlineData("Try again in a few minutes.", null)]
    [InlineData("", null)]
    public void Words_say_how_long_to_wait(string words, double? seconds) =>
        Assert.Equal(seconds, RetryAfter.ReadWords(words)?.TotalSeconds);
}
