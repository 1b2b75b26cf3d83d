namespace DurableChat.ScaleTest.Commands;

/// <summary>What an option that switches something says.</summary>
internal enum Switch
{
    Off,
    On,
}
