using System.Security.Cryptography;

namespace DurableChat.Notifications;

/// <summary>One process that sends: the key of its own, and which of its frames have been here. Not
/// thread-safe.</summary>
internal sealed class SealedSender : IDisposable
{
    /// <summary>How far behind the newest a frame may be and still be taken: a batch, and what another connection
    /// carries meanwhile.</summary>
    public const int Window = 1024;

    private const int WordBits = 64;

    // A bit for each of the newest counters, at its remainder.
    private readonly ulong[] _seen = new ulong[Window / WordBits];
    private ulong _newest;

    public SealedSender(AesGcm cipher) => Cipher = cipher;

    public AesGcm Cipher { get; }

    /// <summary>When it was last heard: a number that rises with every frame of anybody.</summary>
    public long HeardAt { get; set; }

    /// <summary>Begins with a frame: those before it are taken for seen.</summary>
    public void Begin(ulong counter)
    {
        _newest = counter;
        Array.Fill(_seen, ulong.MaxValue);
    }

    /// <summary>Takes in a frame; false if it has been here, or is so far behind that this is not known any
    /// more.</summary>
    public bool TryTake(ulong counter)
    {
        if (counter > _newest)
        {
            // What lies between has not been here.
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
