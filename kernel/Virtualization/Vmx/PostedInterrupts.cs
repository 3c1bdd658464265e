// SPDX-License-Identifier: MIT
using System.Threading;
using Hypervisor.Memory;

namespace Hypervisor.Virtualization.Vmx;

/// <summary>
/// A vCPU's posted-interrupt descriptor (SDM volume 3, table 30-1): 256 requests and the bit that says that somebody
/// has been told of them. Any processor posts; who runs the vCPU collects, or its processor while the guest runs
/// (30.6). Both sides use locked operations only, as the manual wants (25.11.4).
/// </summary>
internal readonly struct PostedInterrupts
{
    private const int ControlWord = 8;
    private const uint Outstanding = 1;
    private const int RequestWords = 8;
    private const int BitsPerWord = 32;
    private const int WordsPerRegister = 4;
    private const int RequestRegister = 0x20;

    private readonly RegisterPage _page;

    public PostedInterrupts(HostPhysical frame)
    {
        _page = new RegisterPage(frame);
    }

    /// <summary>What the processor is told; aligned to 64 bytes.</summary>
    public HostPhysical Address => _page.Address;

    public void Clear() => _page.Clear();

    /// <summary>True where nobody has been told of what is posted: the caller is to do it.</summary>
    public bool Post(byte vector)
    {
        _ = Interlocked.Or(ref _page[vector / BitsPerWord], 1u << (vector % BitsPerWord));
        return (Interlocked.Or(ref _page[ControlWord], Outstanding) & Outstanding) == 0;
    }

    /// <summary>
    /// Moves the requests to IRR of <paramref name="apic"/>. The outstanding bit goes first: what is posted after that
    /// is told again.
    /// </summary>
    public void CollectInto(RegisterPage apic)
    {
        if ((Volatile.Read(ref _page[ControlWord]) & Outstanding) == 0)
        {
            return;
        }

        _ = Interlocked.And(ref _page[ControlWord], ~Outstanding);
        for (int word = 0; word < RequestWords; word++)
        {
            if (Volatile.Read(ref _page[word]) != 0)
            {
                apic[(RequestRegister + word) * WordsPerRegister] |= Interlocked.Exchange(ref _page[word], 0);
            }
        }
    }
}
