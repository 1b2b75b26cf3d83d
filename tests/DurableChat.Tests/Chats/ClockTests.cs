using CsCheck;
using DurableChat.Chats;
using Xunit;

namespace DurableChat.Tests.Chats;

/// <summary>The time that transitions record.</summary>
public sealed class ClockTests
{
    [Fact]
    public void Time_is_UTC_and_whole_microseconds_as_stores_keep_it() =>
        Gen.Select(Gen.Long[0, DateTimeOffset.MaxValue.UtcTicks - TimeSpan.TicksPerDay], Gen.Int[-14, 14]).Sample((ticks, hours) =>
        {
            var now = new DateTimeOffset(ticks, TimeSpan.Zero);
            var local = ticks > TimeSpan.TicksPerDay ? now.ToOffset(TimeSpan.FromHours(hours)) : now;
            var context = new DecisionContext(local, Given.Limits);
            Assert.Equal(TimeSpan.Zero, context.Now.Offset);
            Assert.Equal(0, context.Now.Ticks % TimeSpan.TicksPerMicrosecond);
            Assert.InRange((now - context.Now).Ticks, 0, TimeSpan.TicksPerMicrosecond - 1);
        });

    [Fact]
    public void A_replica_whose_clock_is_behind_does_not_take_a_chat_back_in_time()
    {
        var behind = ChatRules.Decide(Given.Waiting(), new SendMessage("more"), new DecisionContext(Given.Now.AddMinutes(-1), Given.Limits));
        Assert.Equal(Given.Now, Given.Accept(behind).Next.UpdatedAt);
    }
}
