using DurableChat.Feeds;
using Xunit;

namespace DurableChat.Systematic.Tests;

public sealed class SingleFlightSchedules
{
    [Fact]
    public void Everyone_gets_a_result_and_a_failure_is_not_remembered() => Explore.Schedules(async () =>
    {
        var flights = new SingleFlight<int, int, int>(TimeSpan.FromMinutes(1), TimeProvider.System);
        var gate = new object();
        var reads = 0;
        async Task<int> ReadAsync(CancellationToken cancellationToken)
        {
            int number;
            lock (gate)
            {
                number = ++reads;
            }

            await Task.Yield();
            return number == 1 ? throw new IOException("The first read fails.") : number;
        }

        async Task<bool> AskAsync()
        {
            try
            {
                return await flights.RunAsync(1, 0, _ => true, ReadAsync, CancellationToken.None) > 1;
            }
            catch (IOException)
            {
                return await flights.RunAsync(1, 0, _ => true, ReadAsync, CancellationToken.None) > 1;
            }
        }

        var results = await Task.WhenAll(Task.Run(AskAsync), Task.Run(AskAsync), Task.Run(AskAsync));
        Assert.DoesNotContain(false, results);
        Assert.InRange(reads, 2, 4);
    });

    [Fact]
    public void One_that_gives_up_does_not_take_the_others_along() => Explore.Schedules(async () =>
    {
        var flights = new SingleFlight<int, int, int>(TimeSpan.FromMinutes(1), TimeProvider.System);
        using var impatience = new CancellationTokenSource();
        static async Task<int> ReadAsync(CancellationToken cancellationToken)
        {
            await Task.Yield();
            cancellationToken.ThrowIfCancellationRequested();
            return 42;
        }

        async Task GiveUpAsync()
        {
            try
            {
                await flights.RunAsync(1, 0, _ => true, ReadAsync, impatience.Token);
            }
            catch (OperationCanceledException)
            {
                // As it wanted.
            }
        }

        var patient = Task.Run(() => flights.RunAsync(1, 0, _ => true, ReadAsync, CancellationToken.None));
        await Task.WhenAll(Task.Run(GiveUpAsync), Task.Run(impatience.Cancel), patient);
        Assert.Equal(42, await patient);
    });
}
