using System.Net.Sockets;
using DurableChat.Lab.Running;
using DurableChat.ScaleTest.Running;

namespace DurableChat.Lab.Attacks;

/// <summary>More silent connections without a token than the server may have files open.</summary>
internal sealed class DescriptorsAttack : Attack
{
    private const int Files = 1024;

    public override string Name => "descriptors";

    public override string Bound =>
        $"connections derive from the limit of open files ({Files} here); a new one takes the place of the one silent "
            + "for longest";

    public override Task<AttackSetup> SetUpAsync(AttackScale scale) =>
        Task.FromResult(new AttackSetup { Traits = new ProcessTraits { OpenFiles = Files } });

    public override async Task RunAsync(Arena arena, CancellationToken cancellationToken)
    {
        var silent = new List<Socket>();
        try
        {
            for (var i = 0; i < arena.Scale.Of(1200, 6000); i++)
            {
                var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
                silent.Add(socket);
                await socket.ConnectAsync(arena.Url.Host, arena.Url.Port, cancellationToken);
            }

            await Task.Delay(TimeSpan.FromSeconds(arena.Scale.Of(1, 10)), TimeProvider.System, cancellationToken);
            var closed = silent.Count(socket => socket.Poll(0, SelectMode.SelectRead));
            arena.Tally.Add("silent connections opened", silent.Count);
            arena.Tally.Add("of these closed by the server", closed);
            arena.Expect(silent.Count - closed < Files, "More connections are open than the process may have files.");
        }
        finally
        {
            silent.ForEach(socket => socket.Dispose());
        }
    }
}
