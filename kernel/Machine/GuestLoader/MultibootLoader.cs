// SPDX-License-Identifier: MIT
using Hypervisor.Machine.GuestTables;

namespace Hypervisor.Machine.GuestLoader;

/// <summary>Loads a multiboot kernel; what it is told about the machine differs between the versions.</summary>
internal abstract class MultibootLoader
{
    /// <summary>What a kernel is told about who loaded it.</summary>
    protected const string LoaderName = "Hypervisor";

    private readonly MultibootHeader _header;

    protected MultibootLoader(LoadSession session, ElfImage? elf, MultibootHeader header)
    {
        Session = session;
        Elf = elf;
        _header = header;
    }

    protected LoadSession Session { get; }

    protected ElfImage? Elf { get; }

    protected abstract ImageKind Kind { get; }

    /// <summary>What the kernel finds in EAX.</summary>
    protected abstract uint BootMagic { get; }

    public LoadResult Load()
    {
        if (_header.Refusal != null)
        {
            return new LoadResult(_header.Refusal);
        }

        if (!TryPlace(out ulong entry) || !Session.TryPlaceInitrd(uint.MaxValue) || !TryWriteInformation()
            || !Session.TryWriteDescriptors(false))
        {
            return Session.Failed();
        }

        if (!Session.Request.Map.IsRam(entry, 1) || entry > uint.MaxValue)
        {
            return new LoadResult("the kernel's entry lies outside of the guest's memory");
        }

        InitialCpuState state = InitialCpuState.Flat32(entry);
        state.Rax = BootMagic;
        state.Rbx = BootArea.Information;
        return new LoadResult(Kind, state);
    }

    protected abstract bool TryWriteInformation();

    private bool TryPlace(out ulong entry)
    {
        entry = _header.Entry;
        if (_header.HasPlacement)
        {
            return (_header.HasEntry || Session.Fail("the multiboot header gives addresses but no entry"))
                && _header.Placement.TryPlace(Session, _header.Offset);
        }

        if (Elf == null)
        {
            return Session.Fail("the multiboot header gives no addresses, and the file is not ELF");
        }

        entry = _header.HasEntry ? _header.Entry : Elf.ToPhysical(Elf.Entry);
        return Elf.TryPlace(Session);
    }
}
