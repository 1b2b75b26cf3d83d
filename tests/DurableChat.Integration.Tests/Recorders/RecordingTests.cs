using CsCheck;
using DurableChat.Recorder.Recordings;
using Xunit;

namespace DurableChat.Integration.Tests.Recorders;

/// <summary>What is recorded of an answer, in memory and in files.</summary>
public sealed class RecordingTests
{
    private static readonly Gen<(int Memory, int Own, int[] Pieces)> _answers = Gen.Select(
        Gen.Int[0, 4], Gen.Int[0, 4], Gen.Int[1, 3 * RecordingLimits.SegmentBytes].Array[0, 6]);

    [Fact]
    public async Task Readers_at_any_place_get_exactly_what_was_written_wherever_it_is() => await _answers.SampleAsync(
        async answer =>
        {
            using var folder = new TemporaryFolder();
            using var spool = Spool.Open(folder.Path, long.MaxValue);
            var memory = new ByteBudget(answer.Memory * RecordingLimits.SegmentBytes);
            var recording = new Recording(
                new RecordingLimits { MemoryBytes = answer.Own * RecordingLimits.SegmentBytes }, memory, spool);
            var written = new List<byte>();
            var early = ReadAsync(recording, 0);
            foreach (var piece in answer.Pieces)
            {
                var bytes = new byte[piece];
                new Random(written.Count).NextBytes(bytes);
                written.AddRange(bytes);
                await recording.AppendAsync(bytes, CancellationToken.None);
            }

            recording.End(isBroken: false);
            var place = written.Count / 3;
            Assert.Equal(written, await early);
            Assert.Equal(written[place..], await ReadAsync(recording, place));
            Assert.True(memory.Used <= Math.Min(answer.Memory, answer.Own) * RecordingLimits.SegmentBytes);
            recording.Dispose();
            Assert.Equal(
                (0, 0, 0), (memory.Used, spool.Budget.Used, Directory.GetFiles(folder.Path, "*.spool").Length));
        },
        iter: 60,
        threads: 1);

    [Fact]
    public async Task A_recording_that_is_let_go_of_breaks_for_its_readers_and_its_writer()
    {
        using var folder = new TemporaryFolder();
        using var spool = Spool.Open(folder.Path, 1000);
        var recording = new Recording(new RecordingLimits(), new ByteBudget(long.MaxValue), spool);
        await recording.AppendAsync(new byte[10], CancellationToken.None);
        recording.Dispose();
        Assert.True(recording.LookAt(10).IsBroken);
        await Assert.ThrowsAsync<ObjectDisposedException>(
            async () => await recording.AppendAsync(new byte[1], CancellationToken.None));
    }

    [Fact]
    public async Task An_answer_without_end_is_an_error()
    {
        using var folder = new TemporaryFolder();
        using var spool = Spool.Open(folder.Path, 1000);
        using var recording = new Recording(
            new RecordingLimits { MaxBytes = 100 }, new ByteBudget(long.MaxValue), spool);
        await recording.AppendAsync(new byte[100], CancellationToken.None);
        await Assert.ThrowsAsync<IOException>(
            async () => await recording.AppendAsync(new byte[1], CancellationToken.None));
    }

    private static async Task<List<byte>> ReadAsync(Recording recording, long place)
    {
        var bytes = new List<byte>();
        var buffer = new byte[5000];
        while (true)
        {
            var look = recording.LookAt(place);
            if (look.File is { } file)
            {
                var read = await RandomAccess.ReadAsync(
                    file.SafeFileHandle,
                    buffer.AsMemory(0, (int)Math.Min(buffer.Length, look.Available)),
                    look.FileOffset);
                bytes.AddRange(buffer.AsSpan(0, read));
                place += read;
            }
            else if (!look.Memory.IsEmpty)
            {
                bytes.AddRange(look.Memory.Span);
                place += look.Memory.Length;
            }
            else if (look.IsEnd)
            {
                return bytes;
            }
            else
            {
                await look.Changed.WaitAsync(TimeSpan.FromMinutes(1));
            }
        }
    }
}
