using System.Security.Cryptography;

namespace DurableChat.Notifications;

/// <summary>A sending process: its key, and which of its frames have been received. Not thread-safe.</summary>
internal sealed class SealedSender : IDisposable
{
    /// <summary>
    /// How far behind the newest frame an accepted frame may be. It covers a batch, and what another connection carries
    /// in the meantime.
    /// </summary>
    public const int Window = 1024;

    private const int WordBits = 64;

    // One bit for each of the newest counters, at the counter modulo the window.
    private readonly ulong[] _seen = new ulong[Window / WordBits];
    private ulong _newest;

    public SealedSender(AesGcm cipher) => Cipher = cipher;

    public AesGcm Cipher { get; }

    /// <summary>When the process was last heard, as a number that rises with every frame of any process.</summary>
    public long HeardAt { get; set; }

    /// <summary>Starts with a frame. Earlier frames count as received.</summary>
    public void Begin(ulong counter)
    {
        _newest = counter;
        Array.Fill(_seen, ulong.MaxValue);
    }

    /// <summary>Records a frame. False if it was received before, or is too far behind to know.</summary>
    public bool TryTake(ulong counter)
    {
        if (counter > _newest)
        {
            // The frames in between have not been received.
            var skipped = counter - _newest;
            for (var ahead = 1UL; ahead <= Math.Min(skipped, Window); ahead++)
            {
                Clear(_newest + ahead);
            }

            if (skipped > Window)
            {
                Array.Clear(_seen);
            }

            _newest = counter;
        }
        else if (_newest - counter >= Window || IsSet(counter))
        {
            return false;
        }

        Set(counter);
        return true;
    }

    public void Dispose() => Cipher.Dispose();

    private static (int Word, ulong Bit) Place(ulong counter) =>
        ((int)(counter % Window / WordBits), 1UL << (int)(counter % WordBits));

    private bool IsSet(ulong counter) => Place(counter) is var (word, bit) && (_seen[word] & bit) != 0;

    private void Set(ulong counter)
    {
        var (word, bit) = Place(counter);
        _seen[word] |= bit;
    }

    private void Clear(ulong counter)
    {
        var (word, bit) = Place(counter);
        _seen[word] &= ~bit;
    }
}
