using DurableChat.Chats;
using DurableChat.Workers;
using Xunit;

namespace DurableChat.Tests.Workers;

public sealed class RunTests
{
    private readonly Run _run = new(ChatId.Create(DateTimeOffset.UnixEpoch), token: 1, startedAt: 0);

    [Fact]
    public async Task An_interruption_ends_a_phase_that_does_not_know_of_it_and_no_other()
    {
        var phase = _run.BeginPhase();
        _run.Saw(5);
        _run.Interrupt(4);
        _run.Interrupt(5);
        Assert.False(phase.IsCancellationRequested);

        var ended = new TaskCompletionSource();
        using var registration = phase.Register(ended.SetResult);
        _run.Interrupt(6);
        await ended.Task;
    }

    [Fact]
    public async Task An_interruption_between_the_beginning_of_a_phase_and_its_look_ends_it()
    {
        _run.BeginPhase();
        _run.Saw(5);
        var ended = new TaskCompletionSource();
        using var registration = _run.BeginPhase().Register(ended.SetResult);
        _run.Interrupt(6);
        await ended.Task;
    }

    [Fact]
    public async Task A_shutdown_ends_whatever_the_phase_works_on()
    {
        var ended = new TaskCompletionSource();
        using var registration = _run.BeginPhase().Register(ended.SetResult);
        _run.Saw(5);
        _run.Interrupt();
        await ended.Task;
    }
}
