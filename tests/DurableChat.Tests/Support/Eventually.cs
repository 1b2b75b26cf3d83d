using System.Runtime.CompilerServices;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace DurableChat.Tests.Support;

/// <summary>
/// Waits for what other threads do. A wait fails after a minute, since a test that hangs says nothing.
/// </summary>
internal static class Eventually
{
    /// <summary>How often the other threads are given a moment to catch up, at most.</summary>
    private const int MaxMoments = 50;

    private static readonly TimeSpan _patience = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan _moment = TimeSpan.FromMilliseconds(2);

    /// <summary>Waits until something is so.</summary>
    public static async Task IsAsync(Func<bool> condition, [CallerArgumentExpression(nameof(condition))] string? what = null)
    {
        var began = TimeProvider.System.GetTimestamp();
        for (var looks = 0; !condition(); looks++)
        {
            Assert.True(TimeProvider.System.GetElapsedTime(began) < _patience, $"Not so within a minute: {what}");
            await (looks < MaxMoments ? Task.Run(() => { }) : Task.Delay(_moment, TimeProvider.System));
        }
    }

    /// <summary>
    /// Lets time pass until something has happened. Between two steps the other threads catch up: on a busy machine
    /// time would run away from
    /// them, and what takes a moment would time out.
    /// </summary>
    public static async Task AdvanceUntilAsync(FakeTimeProvider time, Task happens, TimeSpan step, [CallerArgumentExpression(nameof(happens))] string? what = null)
    {
        var began = TimeProvider.System.GetTimestamp();
        while (!happens.IsCompleted)
        {
            Assert.True(TimeProvider.System.GetElapsedTime(began) < _patience, $"It did not happen within a minute: {what}");
            time.Advance(step);
            for (var moments = 0; moments == 0 || (moments < MaxMoments && ThreadPool.PendingWorkItemCount > 0); moments++)
            {
                await Task.WhenAny(happens, Task.Delay(_moment, TimeProvider.System));
            }
        }

        await happens;
    }
}
