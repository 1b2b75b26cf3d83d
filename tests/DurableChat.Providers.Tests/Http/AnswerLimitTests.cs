using System.Text;
using DurableChat.Providers.Http;
using Xunit;

namespace DurableChat.Providers.Tests.Http;

public sealed class AnswerLimitTests
{
    [Theory]
    [InlineData("x", ProviderConnection.MaxEventBytes)]
    [InlineData("data: x\n", ProviderConnection.MaxEventBytes)]
    [InlineData("data: x\r\n", ProviderConnection.MaxEventBytes * 9L / 8)]
    [InlineData("data: x\n\n", ProviderConnection.MaxAnswerBytes)]
    [InlineData("data: x\r\n\r\n", ProviderConnection.MaxAnswerBytes)]
    [InlineData("data: x\r\r", ProviderConnection.MaxAnswerBytes)]
    [InlineData(": nothing\n\n", ProviderConnection.MaxAnswerBytes)]
    public async Task An_event_and_an_answer_without_an_end_are_read_to_the_limit(string text, long limit)
    {
        using var body = new Endless(text);
        await using var answer = new EventLimitStream(body, ProviderConnection.MaxEventBytes, ProviderConnection.MaxAnswerBytes);

        // Its length has no factor in common with that of the texts, so that they are taken apart at every place.
        var buffer = new byte[65_537];
        await Assert.ThrowsAsync<FormatException>(async () =>
        {
            while (await answer.ReadAsync(buffer) > 0)
            {
            }
        });
        Assert.InRange(body.Given, limit - buffer.Length, limit + buffer.Length);
    }

    [Fact]
    public async Task An_error_that_stands_still_behind_the_limit_is_not_waited_for()
    {
        using var inner = new Endless("x") { Most = ProviderConnection.MaxErrorBytes };
        await using var stream = new TruncatedStream(inner, ProviderConnection.MaxErrorBytes);
        using var copy = new MemoryStream();
        await stream.CopyToAsync(copy);
        Assert.Equal(ProviderConnection.MaxErrorBytes, copy.Length);
    }

    /// <summary>A text that is repeated without end.</summary>
    private sealed class Endless(string text) : MemoryStream
    {
        private readonly byte[] _bytes = Encoding.UTF8.GetBytes(text);

        public long Given { get; private set; }

        /// <summary>Reading behind it is an error.</summary>
        public long Most { get; init; } = long.MaxValue;

        public override int Read(Span<byte> buffer)
        {
            Assert.True(Given < Most);
            for (var i = 0; i < buffer.Length; i++)
            {
                buffer[i] = _bytes[Given++ % _bytes.Length];
            }

            return buffer.Length;
        }

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => ValueTask.FromResult(Read(buffer.Span));
    }
}
