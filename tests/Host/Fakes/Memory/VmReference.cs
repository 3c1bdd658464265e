// SPDX-License-Identifier: MIT
namespace Hypervisor.Memory;

/// <summary>The host flavour names objects by a plain reference: its collector may move them.</summary>
public readonly struct VmReference<T>
    where T : class
{
    private readonly T? _target;
    private readonly VmLife? _life;
    private readonly uint _generation;

    public VmReference(T target, VmLife? life)
    {
        _target = target;
        _life = life;
        _generation = life?.Generation ?? 0;
    }

    public bool IsEmpty => _target == null;

    public T? Target => _life == null || _life.Generation == _generation ? _target : null;
}
