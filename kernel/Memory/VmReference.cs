// SPDX-License-Identifier: MIT
using System.Runtime.CompilerServices;

namespace Hypervisor.Memory;

/// <summary>
/// How something that outlives a VM names an object of it: the address and the VM's generation, not a reference. After
/// the VM is gone it names nothing. The region rule forbids the plain reference.
/// </summary>
public readonly struct VmReference<T>
    where T : class
{
    private readonly nint _bits;
    private readonly VmLife? _life;
    private readonly uint _generation;

    /// <summary>Names an object of the VM with this life; without one, an object of the boot region.</summary>
    public VmReference(T target, VmLife? life)
    {
        _bits = Unsafe.As<T, nint>(ref target);
        _life = life;
        _generation = life?.Generation ?? 0;
    }

    /// <summary>True where nothing was ever named.</summary>
    public bool IsEmpty => _bits == 0;

    /// <summary>The object; null where none was named or its VM is gone.</summary>
    public T? Target
    {
        get
        {
            nint bits = _life == null || _life.Generation == _generation ? _bits : 0;
            return Unsafe.As<nint, T?>(ref bits);
        }
    }
}
